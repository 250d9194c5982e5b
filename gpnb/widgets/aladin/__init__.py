"""The sky around what was measured: Aladin Lite in a notebook."""
