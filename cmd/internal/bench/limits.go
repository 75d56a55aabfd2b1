package main

// What limits each section, as profiles of it showed.
const (
	limitsDurable = "one caller waits for three flushes, one of the stream and two of the store, so 0.33 F is the end of it and SQLite's single flush wins; " +
		"many callers share them, and then the 2.5 to 3 ms are felt that an atomic batch of JetStream costs before its first message (the server stages each in a file store of its own, which it makes, flushes and removes), " +
		"and 15 to 25 µs a message; deciding takes 7 µs a command; delivery, the store's two flushes and the views are a fifth of the time."
	limitsImport = "a table that comes alone waits for three flushes; for the rest it is the processor: deciding each act on what the one before it left, JSON, and decoding the events a second time for views and index."
	limitsStart  = "the processor: NATS decompresses and indexes its stream again (about a quarter of the work), commits are parsed, hashed, decoded and folded (about half), and memory is collected (about a fifth); " +
		"memory is the views, NATS's index of subjects, and what NATS leaves behind when it decompresses its blocks."
	limitsRebuild = "decoding, about half of it, and the memory's latency: acts in an order without a pattern touch another participation each time; in tables, where they lie together, the fold is nearly free. " +
		"Texts with escapes, statements and definitions go through encoding/json, which is why the bundled data are slower."
	limitsQuestions = "the fold of a treaty's history, 4 to 5 µs a participation, a third of it the words that say why (dates in words); a matrix that cannot use kept histories pays it for every participation, " +
		"so it grows with participants × treaties, and the axes receivedBy and knownAt keep nothing."
	limitsReading = "net/http and the kernel's sockets: our handler adds 2 to 3 µs, for the request's id, metrics and the look-up of the kept answer; of the larger answers the copy to the socket is most."
	limitsPages   = "as of today, the answer is kept ready and compressed: what is left is net/http and the clients beside it on the same two cores. A day that is new is folded, drawn and written for its first reader; those who come for the same meanwhile wait for that one."
)
