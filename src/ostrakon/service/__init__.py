"""What makes one process of it all: configuration, settings, URLs, the worker's rounds, start-up checks."""
