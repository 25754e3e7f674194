"""The demo clinic: invented people, the same in every test and every `make run`."""
