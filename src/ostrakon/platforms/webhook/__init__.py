"""Any other platform, by signed requests to a small receiver that its operators write. README.md is its contract."""
