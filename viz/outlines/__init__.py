"""Outlines of territories and of any perimeter made of communes."""
