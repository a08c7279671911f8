"""From a published Hugging Face checkpoint to a bundle, without the framework it was made in."""
