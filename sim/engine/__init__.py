"""One round of talks and war in all worlds at once. No files, no words."""
