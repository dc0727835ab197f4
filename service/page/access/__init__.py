"""Who looks at the page: logging in, staying logged in, logging out."""
