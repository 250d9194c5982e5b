"""Simulated instruments, events and stores."""
