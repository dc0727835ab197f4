"""What the events mean: views rebuilt from them, deadlines, promises; one file per view."""
