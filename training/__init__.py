"""How glip-nano came to be: scenes drawn by the project, a training loop, an evaluation."""
