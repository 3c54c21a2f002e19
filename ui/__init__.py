"""The browser plug: one page in two languages. The only room that knows Gradio."""
