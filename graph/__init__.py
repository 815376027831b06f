"""What is known: the model declared once, the stores that keep it, the view that answers."""
