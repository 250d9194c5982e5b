"""Panels as pictures: a view record drawn with matplotlib, and a page of safe HTML around it."""
