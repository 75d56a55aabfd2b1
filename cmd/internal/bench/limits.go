package main

// What limits each section, as profiles of it showed.
const (
	limitsDurable   = "TODO"
	limitsImport    = "TODO"
	limitsStart     = "TODO"
	limitsRebuild   = "TODO"
	limitsQuestions = "TODO"
	limitsReading   = "TODO"
)
