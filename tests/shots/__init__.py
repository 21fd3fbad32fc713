"""The pictures in the documentation: `make shots` takes all of them anew, of a lively fleet on three engines."""
