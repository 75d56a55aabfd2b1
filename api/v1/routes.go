package v1

import (
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"depositary/api/auth"
	"depositary/api/commands"
	"depositary/api/feeds"
)

// StreamPath is the one address whose requests last as long as their readers stay.
const StreamPath = "/v1/notices/stream"

// Tags of the description, by subject.
const (
	tagTreaties     = "Treaties"
	tagParticipants = "Participants"
	tagGap          = "Gap"
	tagAssumptions  = "Differences and hypotheses"
	tagNotices      = "Notices"
	tagWebhooks     = "Webhooks"
	tagGroups       = "Groups and weights"
	tagLedger       = "Ledger"
	tagRecording    = "Recording"
	tagDefinitions  = "Definitions"
	tagOperation    = "Operation"
	tagPersons      = "Persons"
)

var (
	readErrors  = []int{404, 406, 422, 429, 503}
	ownErrors   = []int{404, 422, 429, 503} // a form of its own is always acceptable
	writeErrors = []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 503, 507}
)

// The policies of routes. An answer on the axes is pinned by its question.
var (
	onAxes      = Policy{Kept: true, Lasts: WhenPinned, Errors: readErrors}
	assumed     = Policy{Kept: true, Lasts: WhenPinned, Errors: readErrors, Cost: CostAssume}
	ofViews     = Policy{Kept: true, Errors: readErrors}
	scanned     = Policy{Kept: true, Errors: readErrors, Cost: CostScan}
	compared    = Policy{Kept: true, Lasts: WhenSidesPinned, Errors: readErrors}
	ofCommit    = Policy{Kept: true, Lasts: Always, Errors: readErrors, Cost: CostScan}
	feed        = Policy{Kept: true, ByHost: true, Own: true, Errors: ownErrors, Cost: CostScan}
	recording   = writing(auth.Record)
	tried       = recording.with(func(p *Policy) { p.Trial = true })
	defining    = writing(auth.Define)
	definingAll = defining.with(func(p *Policy) { p.maxBody, p.Description = commands.MaxDocument, definitionsDescription })
	proposing   = Policy{Roles: anyOf(auth.Record, auth.Define, auth.Operate), Errors: writeErrors, Cost: CostBulk}
	subscribed  = Policy{Roles: anyOf(auth.Subscribe, auth.Operate), Errors: writeErrors, Cost: CostFollow, before: keepsWebhooks}
)

func writing(role auth.Role) Policy {
	return Policy{Roles: anyOf(role), Errors: writeErrors, Cost: CostWrite, Status: http.StatusCreated, also: []sameBody{
		{"201", "200", "The answer to a dry run, or to a command that was recorded before"},
		{"201", "202", "Where it takes two persons: it was proposed, and another may approve it"},
	}}
}

// with returns a policy with something said beside.
func (p Policy) with(change func(*Policy)) Policy { change(&p); return p }

func described(text string) func(*Policy) { return func(p *Policy) { p.Description = text } }

// heavy is what goes through all acts of all treaties.
func heavy(p *Policy) { p.Cost = CostScan }

// wholeFile is a file at an address of its own.
func wholeFile(p *Policy) { p.Cost, p.Own, p.Errors = CostScan, true, ownErrors }

func status(code int) func(*Policy) { return func(p *Policy) { p.Status = code } }

// routes is the table of everything below /v1, and of what tells how the node is.
func routes() []*Route {
	return slices.Concat(routesOfViews(), routesOfNotices(), routesOfLedger(), routesOfWriting(), routesOfIntray(), routesOfWebhooks(), routesOfPersons(), routesOfOperation())
}

func get(path, id, tag, summary string, p Policy, h handling) *Route {
	return &Route{Method: http.MethodGet, Path: path, ID: id, Tag: tag, Summary: summary, Policy: p, handling: h}
}

func post(path, id, tag, summary string, p Policy, h handling) *Route {
	return &Route{Method: http.MethodPost, Path: path, ID: id, Tag: tag, Summary: summary, Policy: p, handling: h}
}

func put(path, id, tag, summary string, p Policy, h handling) *Route {
	return &Route{Method: http.MethodPut, Path: path, ID: id, Tag: tag, Summary: summary, Policy: p, handling: h}
}

func routesOfViews() []*Route {
	return []*Route{
		get("/v1/treaties", "listTreaties", tagTreaties, "All treaties with their counts", onAxes, body((*API).listTreaties)),
		get("/v1/treaties/{treaty}", "getTreaty", tagTreaties, "A treaty with its final clauses, in the form in which it can be sent back", onAxes, body((*API).getTreaty)),
		get("/v1/treaties/{treaty}/status", "getTreatyStatus", tagTreaties, "The status table of a treaty", onAxes, body((*API).treatyStatus)),
		get("/v1/treaties/{treaty}/entry-into-force", "getEntryIntoForce", tagTreaties, "Whether and when the treaty enters into force, and why", onAxes, body((*API).entryIntoForce)),
		get("/v1/treaties/{treaty}/timeline", "getTreatyTimeline", tagTreaties, "What happened in law, day by day", onAxes, body((*API).treatyTimeline)),
		get("/v1/treaties/{treaty}/participants/{participant}", "getParticipation", tagTreaties, "One participant and one treaty, with history and reasons", onAxes, body((*API).participation)),
		get("/v1/treaties/{treaty}/table", "getTreatyTable", tagTreaties, "The status table of a treaty in the form of the Multilateral Treaties Deposited with the Secretary-General", onAxes.with(
			described("The header "+HeaderOmitted+" counts what the form has no room for, such as withdrawals; the page shows each as a footnote. "+HeaderAsAt+" is the day of the table.")),
			streamed((*API).treatyTable, tableForms, MediaCSV, MediaHTML)),
		get("/v1/matrix", "getMatrix", tagTreaties, "Participants and treaties", onAxes, body((*API).matrix)),
		get("/v1/acts", "listActs", tagTreaties, "The acts of all treaties as they stand", onAxes.with(heavy), body((*API).listActs)),
		get("/v1/acts.csv", "getActsFile", tagTreaties, "The acts of all treaties as one file, which the import format acts reads", onAxes.with(wholeFile), streamed((*API).actsFile, asTableFile, MediaCSV)),
		get("/v1/statuses", "listStatuses", tagTreaties, "Where every participant stands in respect of every treaty", onAxes.with(heavy), body((*API).listStatuses)),
		get("/v1/statuses.csv", "getStatusesFile", tagTreaties, "Where every participant stands in respect of every treaty, as one file", onAxes.with(wholeFile), streamed((*API).statusesFile, asTableFile, MediaCSV)),
		get("/v1/search", "searchText", tagTreaties, "Treaties, participants and statements that contain every word of a text", onAxes, body((*API).search)),
		get("/v1/treaties/{treaty}/statements", "listStatements", tagTreaties, "Reservations, declarations, objections, notifications and derogations as they stand, each with its life and its answers", onAxes, body((*API).treatyStatements)),
		get("/v1/treaties/{treaty}/statements/by-article", "listStatementsByArticle", tagTreaties, "Statements under the articles that they concern", onAxes, body((*API).treatyStatementsByArticle)),
		get("/v1/treaties/{treaty}/relations/{participant}", "listRelations", tagTreaties, "Between a participant and every other that has consented: is the treaty in force, and what have reservations made of it", onAxes, body((*API).participantRelations)),
		get("/v1/treaties/{treaty}/relations/{participant}/{other}", "getRelation", tagTreaties, "What the treaty is between two participants, why, and how that has changed", onAxes, body((*API).relation)),
		get("/v1/participants", "listParticipants", tagParticipants, "All participants", onAxes, body((*API).listParticipants)),
		get("/v1/territories", "listTerritories", tagParticipants, "The register of territories, with the State responsible for each on the day", onAxes, body((*API).listTerritories)),
		get("/v1/participants/{participant}", "getParticipant", tagParticipants, "A participant, in the form in which it can be sent back", onAxes, body((*API).getParticipant)),
		get("/v1/participants/{participant}/status", "getParticipantStatus", tagParticipants, "Where a participant stands in respect of every treaty", onAxes, body((*API).participantStatus)),
		get("/v1/participants/{participant}/brief", "getParticipantBrief", tagParticipants, "One sheet about a participant: what it has joined, signed and not joined, beside its region, and the migrants who live there and come from there", onAxes, body((*API).participantBrief)),
		get("/v1/participants/{participant}/timeline", "getParticipantTimeline", tagParticipants, "What a participant did, and what followed", onAxes, body((*API).participantTimeline)),
		get("/v1/treaties/{treaty}/gap", "getGap", tagGap, "Which receiving countries are bound, and what share of the world's migrants lives in States that are", onAxes, body((*API).gap)),
		get("/v1/treaties/{treaty}/share", "getShare", tagGap, "How the share of the world's migrants who live in a State that is bound has grown", onAxes, body((*API).share)),
		get("/v1/coverage", "listCoverage", tagTreaties, "Which acts of every treaty are recorded, until when, and from which sources", onAxes, body((*API).listCoverage)),
		get("/v1/treaties/{treaty}/coverage", "getCoverage", tagTreaties, "Which acts of a treaty are recorded, until when, and from which sources", onAxes, body((*API).treatyCoverage)),
		get("/v1/treaties/{treaty}/corridors", "getCorridors", tagGap, "For how many people a treaty is in force where they live and where they come from, and the largest corridors", assumed, body((*API).corridors)),
		get("/v1/treaties/{treaty}/corridors/{origin}", "getOriginCorridors", tagGap, "Where the people of a country live, whether the treaty is in force there, and whose consent would cover most of them", assumed, body((*API).originCorridors)),
		get("/v1/corridors/{origin}/{destination}", "getCorridor", tagGap, "The treaties at both ends of a corridor, and what they are between the two", onAxes, body((*API).corridor)),
		get("/v1/changes", "listChanges", tagAssumptions, "What differs between two days, or between two moments of knowledge", compared, body((*API).changes)),
		get("/v1/treaties/{treaty}/what-if", "assumeConsents", tagAssumptions, "What would follow, if participants consented on the as-of day", assumed, body((*API).whatIfConsented)),
		get("/v1/treaties/{treaty}/who-next", "rankWhoNext", tagAssumptions, "Whose consent would meet the next threshold, or raise the share of migrants most", assumed, body((*API).whoNext)),
		post("/v1/what-if", "assumeActions", tagAssumptions, "What would follow from assumed acts; nothing is recorded, and no token is needed",
			Policy{Errors: []int{400, 406, 408, 413, 415, 422, 429}, Cost: CostAssume}, body((*API).whatIf)),
		get("/v1/groups", "listGroups", tagGroups, "All groups of participants", onAxes, body((*API).listGroups)),
		get("/v1/groups/{group}", "getGroup", tagGroups, "A group, in the form in which it can be sent back", onAxes, body((*API).getGroup)),
		get("/v1/weights", "listWeights", tagGroups, "All weight tables and their editions", onAxes, body((*API).listWeights)),
		get("/v1/weights/{weights}/{edition}", "getWeights", tagGroups, "One edition of a weight table, in the form in which it can be sent back", onAxes, body((*API).getWeights)),
	}
}

func routesOfNotices() []*Route {
	return []*Route{
		get("/v1/notices", "listNotices", tagNotices, "Notices of what was recorded and of what took effect, in order; also the way to catch up after an outage", scanned, body((*API).listNotices)),
		get("/v1/notices/{notice}", "getNotice", tagNotices, "One notice", scanned, body((*API).getNotice)),
		get("/v1/notices.atom", "getNoticesAtom", tagNotices, "Notices as an Atom feed, the newest first", feed.with(
			described("Its link next leads to the notices before.")), written((*API).atomFeed, MediaAtom, nil)),
		get("/v1/notices.feed.json", "getNoticesJsonFeed", tagNotices, "Notices as a JSON Feed 1.1, the newest first", feed.with(
			described("Its next_url leads to the notices before; _depositary holds each notice in full.")), written((*API).jsonFeed, MediaFeed, feeds.JSONFeedSchema)),
		get(StreamPath, "followNotices", tagNotices, "Notices as they come (server-sent events)", Policy{Own: true, Errors: []int{404, 422, 429, 503}, Cost: CostFollow, Description: streamDescription},
			streamed((*API).follow, inForm("Events, for as long as the reader stays", MediaEvents, nil), MediaEvents)),
		get("/v1/coming", "listComing", tagNotices, "Legal days that are known before they come: entry into force, who becomes bound, withdrawals, terms for objections", ofViews, body((*API).listComing)),
		get("/v1/coming.ics", "getComingCalendar", tagNotices, "What is to come, as a calendar to subscribe to (iCalendar)", feed.with(described(feeds.CalendarDescription)), written((*API).calendar, MediaICal, nil)),
	}
}

func routesOfLedger() []*Route {
	return []*Route{
		get("/v1/ledger", "listLedger", tagLedger, "The ledger, commit by commit", scanned, body((*API).listLedger)),
		get("/v1/ledger/{position}", "getCommit", tagLedger, "One commit", ofCommit, body((*API).getCommit)),
		get("/v1/actions/{record}", "getAction", tagLedger, "An act with its record, corrections and annulments", onAxes, body((*API).getAction)),
		get("/v1/actions/{record}/proof", "getProof", tagLedger, "The proof that a record stands in the public log, to be checked with the log's public key alone",
			Policy{Errors: readErrors, Cost: CostScan}, body((*API).getProof)),
		get("/v1/documents/{digest}", "getDocument", tagLedger, "A document that an act names which stands, as it was brought", Policy{Errors: []int{404, 406, 410, 429, 503}, Cost: CostOpen},
			streamed((*API).document, inForm("Its bytes; their SHA-256 is the digest", MediaAny, nil), MediaAny)),
		get("/v1/export", "exportLedger", tagLedger, "The whole ledger as it was published: of every commit its header line and its event lines", Policy{Errors: []int{406, 429, 503}, Cost: CostOpen,
			Description: "The SHA-256 of a header line, without its newline, is the commit's hash, which the next header names. A ledger is made again from these lines with `depositary import ndjson`."},
			streamed((*API).exportLedger, inForm("The lines of all commits, in order", MediaNDJSON, nil), MediaNDJSON)),
	}
}

func routesOfWriting() []*Route {
	return []*Route{
		post("/v1/treaties/{treaty}/actions", "recordActions", tagRecording, "Record acts in respect of a treaty", tried, command((*API).recordActions)),
		post("/v1/treaties/{treaty}/coverage", "recordCoverage", tagRecording, "State which acts of a treaty are recorded, and until when", recording, command((*API).stateCoverage)),
		post("/v1/actions/{record}/correction", "correctAction", tagRecording, "Correct the record of an act", tried, command((*API).correctAction)),
		post("/v1/actions/{record}/annulment", "annulRecord", tagRecording, "Annul a record", tried, command((*API).annulRecord)),
		put("/v1/treaties/{treaty}", "defineTreaty", tagDefinitions, "Add or correct a treaty", defining, defineTreaty()),
		post("/v1/treaties", "defineTreaties", tagDefinitions, "Add or correct the treaties of a document", definingAll, definitions(treatyKind)),
		put("/v1/participants/{participant}", "defineParticipant", tagDefinitions, "Add or correct a participant", defining, defineParticipant()),
		post("/v1/participants", "defineParticipants", tagDefinitions, "Add or correct the participants of a document", definingAll, definitions(participantKind)),
		put("/v1/groups/{group}", "defineGroup", tagDefinitions, "Add or correct a group", defining, defineGroup()),
		post("/v1/groups", "defineGroups", tagDefinitions, "Add or correct the groups of a document", definingAll, definitions(groupKind)),
		put("/v1/weights/{weights}/{edition}", "defineWeights", tagDefinitions, "Add or correct an edition of a weight table", defining, defineWeights()),
		post("/v1/weights", "defineWeightTables", tagDefinitions, "Add or correct the editions of weight tables in a document", definingAll, definitions(weightsKind)),
		get("/v1/operate/catalogue", "getCatalogueDifference", tagDefinitions, "In what the ledger differs from the bundled tables", Policy{Errors: []int{406, 429}}, body((*API).catalogueDifference)),
		post("/v1/operate/catalogue", "recordCatalogue", tagDefinitions, "Record what the bundled tables state and the ledger does not",
			Policy{Roles: anyOf(auth.Define), Errors: []int{400, 401, 403, 406, 408, 412, 413, 415, 422, 429, 503, 507}, Cost: CostFollow}, body((*API).recordCatalogue)),
		post("/v1/imports/{format}", "importFile", tagRecording, "Take a file of others in: what is new, corrected or contradicted is recorded, and every cell is reported",
			Policy{Roles: anyOf(auth.Record), Errors: []int{400, 401, 403, 404, 406, 408, 409, 412, 413, 422, 429, 503, 507}, Cost: CostBulk, maxBody: commands.MaxDocument, Description: importDescription},
			streamed((*API).importFile, reportForms, MediaJSON, MediaCSV, MediaText)),
		post("/v1/documents", "bringDocument", tagRecording, "Bring a document that an act is to name; it is stored for a week, and for good once an act names it",
			Policy{Roles: anyOf(auth.Record), Errors: []int{400, 401, 403, 406, 408, 410, 413, 422, 429, 503}, Cost: CostWrite, Status: http.StatusCreated, maxBody: commands.MaxDocument,
				Description: "The body is the document, of the content type that it has."}, body((*API).bringDocument)),
		get("/v1/proposals", "listProposals", tagRecording, "Proposals: those that wait first, then those that were decided", proposing, body((*API).proposals)),
		get("/v1/proposals/{proposal}", "getProposal", tagRecording, "One proposal", proposing, body((*API).proposal)),
		get("/v1/proposals/{proposal}/preview", "previewProposal", tagRecording, "What approving a proposal would do now; nothing is recorded", proposing, body((*API).previewProposal)),
		post("/v1/proposals/{proposal}/approval", "approveProposal", tagRecording, "Record what another has proposed, in the name of both", proposing, body((*API).approveProposal)),
		post("/v1/proposals/{proposal}/rejection", "rejectProposal", tagRecording, "Decide that a proposal is not recorded, or take back one's own", proposing, body((*API).rejectProposal)),
	}
}

// routesOfIntray are what a secretariat works with: what arrived, and what it issues.
func routesOfIntray() []*Route {
	secretariat := Policy{Roles: anyOf(auth.Record), Errors: []int{401, 403, 404, 406, 422, 429, 503}, Cost: CostScan}
	return []*Route{
		get("/v1/intray", "getIntray", tagRecording, "What waits at the depositary: arrivals, acts to be notified, corrigenda, and days until which others may object", secretariat, body((*API).getIntray)),
		get("/v1/arrivals", "listArrivals", tagRecording, "What arrived at the depositary, with what became of it", secretariat, body((*API).listArrivals)),
		get("/v1/arrivals/{arrival}", "getArrival", tagRecording, "One arrival, with the list by which it is examined and every step with who and when", secretariat, body((*API).getArrival)),
		post("/v1/arrivals", "createArrival", tagRecording, "Register what arrived: an instrument, full powers, a note verbale or a letter", recording, command((*API).createArrival)),
		post("/v1/arrivals/{arrival}/decision", "decideArrival", tagRecording, "Hold, return or file what arrived", recording, command((*API).decideArrival)),
		get("/v1/notifications", "listNotifications", tagNotices, "Depositary notifications that were issued", ofViews, body((*API).listNotifications)),
		get("/v1/notifications/{reference}", "getNotification", tagNotices, "One depositary notification", ofViews, body((*API).getNotification)),
		get("/v1/actions/{record}/notification", "draftNotification", tagRecording, "A draft of the depositary notification about an act; nothing is recorded", secretariat, body((*API).draftNotification)),
		post("/v1/treaties/{treaty}/notifications", "issueNotification", tagRecording, "Issue a depositary notification under the next number of the year", recording, command((*API).issueNotification)),
		get("/v1/templates", "listTemplates", tagRecording, "The templates from which notifications are drafted", Policy{Errors: []int{406, 429}}, body((*API).listTemplates)),
		post("/v1/templates", "defineTemplate", tagDefinitions, "Add or replace a template", defining, command((*API).defineTemplate)),
	}
}

func routesOfWebhooks() []*Route {
	const one = "/v1/webhooks/{webhook}"
	remove := &Route{Method: http.MethodDelete, Path: one, ID: "deleteWebhook", Tag: tagWebhooks, Summary: "Forget a subscription with all that is kept of it",
		Policy: subscribed.with(status(http.StatusNoContent)), handling: whole((*API).deleteWebhook)}
	return []*Route{
		post("/v1/webhooks", "createWebhook", tagWebhooks, "Subscribe an address to notices", subscribed.with(status(http.StatusCreated)), body((*API).createWebhook)),
		get("/v1/webhooks", "listWebhooks", tagWebhooks, "All subscriptions, oldest first", subscribed, body((*API).listWebhooks)),
		get(one, "getWebhook", tagWebhooks, "One subscription", subscribed, body((*API).getWebhook)),
		put(one, "updateWebhook", tagWebhooks, "Change what is asked for; a new address is unverified anew", subscribed, body((*API).updateWebhook)),
		remove,
		post(one+"/verify", "verifyWebhook", tagWebhooks, "Send the challenge; its answer makes the subscription active", subscribed, body((*API).verifyWebhook)),
		post(one+"/ping", "pingWebhook", tagWebhooks, "Send a signed ping that is no notice", subscribed, body((*API).pingWebhook)),
		post(one+"/rotate", "rotateWebhook", tagWebhooks, "New secrets, shown once; the old ones sign beside them for a day", subscribed, body((*API).rotateWebhook)),
		post(one+"/enable", "enableWebhook", tagWebhooks, "Go on from the cursor", subscribed, body((*API).enableWebhook)),
		post(one+"/disable", "disableWebhook", tagWebhooks, "Stop; the cursor stays", subscribed, body((*API).disableWebhook)),
		get(one+"/attempts", "listWebhookAttempts", tagWebhooks, "The last attempts, newest first", subscribed, body((*API).webhookAttempts)),
		get(one+"/parked", "listWebhookParked", tagWebhooks, "Notices that were not taken within the schedule of retries", subscribed, body((*API).webhookParked)),
		post(one+"/replay", "replayWebhook", tagWebhooks, "Send notices again, in order, until one fails", subscribed, body((*API).replayWebhook)),
		get(one+"/lag", "getWebhookLag", tagWebhooks, "How far a subscription is behind the ledger", subscribed, body((*API).webhookLag)),
		get(one+"/keys", "listWebhookKeys", tagWebhooks, "Published keys to verify signatures of the scheme v1a with, the newest first; open to all",
			Policy{Errors: []int{404, 406, 429, 503}, Cost: CostWrite, before: keepsWebhooks}, body((*API).webhookKeys)),
	}
}

func routesOfPersons() []*Route {
	operating := Policy{Roles: anyOf(auth.Operate), Errors: writeErrors, Cost: CostWrite}
	return []*Route{
		get("/v1/tokens", "listTokens", tagPersons, "All tokens, without their text: whose they are, what they allow, who made them, when they end", operating, body((*API).listTokens)),
		post("/v1/tokens", "createToken", tagPersons, "Make a token, which is shown once; only roles of your own can be granted", operating.with(func(p *Policy) {
			p.Status = http.StatusCreated
			p.also = []sameBody{{"201", "202", "Where it takes two persons: it is valid when another approves it"}}
		}), whole((*API).makeToken)),
		{Method: http.MethodDelete, Path: "/v1/tokens/{token}", ID: "revokeToken", Tag: tagPersons, Summary: "Make a token invalid, and end its sessions",
			Policy: operating.with(status(http.StatusNoContent)), handling: whole((*API).revokeToken)},
		post("/v1/documents/{digest}/withdrawal", "withdrawDocument", tagPersons, "Withdraw the bytes of a document for a reason; its digest stays in the ledger", operating.with(func(p *Policy) {
			p.Status = http.StatusNoContent
			p.also = []sameBody{{"204", "202", "Where it takes two persons: it was proposed, and Location is the proposal; the bytes are withdrawn when another approves it"}}
		}), whole((*API).withdrawDocument)),
		get("/v1/audit", "listAudit", tagPersons, "The audit log: who signed in, and who made, revoked, proposed, approved and withdrew what; the newest first", operating, body((*API).listAudit)),
	}
}

func routesOfOperation() []*Route {
	operate := anyOf(auth.Operate)
	return []*Route{
		get("/healthz", "getHealth", tagOperation, "Whether the process is alive", Policy{Own: true, Cost: CostProbe}, body((*API).health)),
		get("/readyz", "getReadiness", tagOperation, "Whether the node serves reads and writes, what keeps it from it, its position and lag",
			Policy{Own: true, Cost: CostProbe, also: []sameBody{{"200", "503", "The node is not ready"}}}, whole((*API).readiness)),
		get("/v1/nodes", "listNodes", tagOperation, "The nodes that may record, and those that might", Policy{Errors: []int{406, 429}}, body((*API).listNodes)),
		post("/v1/nodes", "createNode", tagOperation, "Let a node record", writing(auth.Operate), command((*API).createNode)),
		post("/v1/nodes/{key}/revocation", "revokeNode", tagOperation, "Let a node record no more", writing(auth.Operate), command((*API).revokeNode)),
		post("/v1/operate/verification", "verifyLedger", tagOperation, "Check chain, indexes, views and stream",
			Policy{Roles: operate, Errors: []int{401, 403, 406, 409, 429, 503}, Cost: CostOpen}, body((*API).verify)),
		get("/v1/operate/backup", "getBackup", tagOperation, "A consistent copy of the store",
			Policy{Roles: operate, Own: true, Errors: []int{401, 403, 406, 429, 503}, Cost: CostOpen}, streamed((*API).backup, inForm("The copy", MediaBytes, nil), MediaBytes)),
	}
}

// keepsWebhooks refuses where this program keeps no subscriptions.
func keepsWebhooks(s *API) huma.Middlewares { return huma.Middlewares{s.keepsWebhooks, s.ownWebhook} }
