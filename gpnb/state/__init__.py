"""What the user is looking at: frozen records, without any front end."""
