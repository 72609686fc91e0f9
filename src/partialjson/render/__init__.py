"""Drawing partial documents: what all renderers share."""
