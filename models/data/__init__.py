"""Photos, what their masks say about each nail, and the augmentation that turns them into training examples."""
