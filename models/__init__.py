"""The GPU plug: the one room with torch. Each model fulfils `detection.Detector`."""
