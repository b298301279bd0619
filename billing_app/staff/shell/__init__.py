"""What every staff page stands in: navigation, account, palette, help, notices."""
