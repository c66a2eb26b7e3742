"""What charts show, as data: arrays, words and colours that every backend draws."""
