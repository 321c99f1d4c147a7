package main

import "errors"

func all() error { return errors.New("no scenes") }
