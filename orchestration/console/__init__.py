"""What the console command shows and does."""
