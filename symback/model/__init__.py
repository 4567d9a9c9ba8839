"""What a network is: activations, losses, and the numbered equations of its forward pass."""
