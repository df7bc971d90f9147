"""Made sounds that come with the package: no one's recordings, free of any licence but its own."""
