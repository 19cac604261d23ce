"""The offline evaluation harness: every promise of the product as a figure that anyone can reproduce."""
