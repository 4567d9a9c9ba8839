"""The network that a document is about, learnt from its statements."""
