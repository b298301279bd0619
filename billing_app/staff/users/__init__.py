"""Staff: who there is, what each may, where each is signed in."""
