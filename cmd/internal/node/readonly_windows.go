package node

// readOnly reports whether a file system may not be written to; Windows says of it
// that it is not permitted.
func readOnly(error) bool { return false }
