"""What can be asked of the service: a module for each part of the API."""
