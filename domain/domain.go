// Package domain is the law of treaty participation: treaties with their final
// clauses as data, participants, groups and weight tables, acts and statements,
// and what follows from them. It imports the standard library only, reads no
// clock and does no input or output: days and positions come in as arguments.
//
// Three doors:
//
//   - (*State).Decide answers a command with events, queries or refusals;
//   - (*Draft).Apply folds an event into the next State;
//   - (*State).History folds the acts of a treaty into its entry into force
//     and the course of each participation, as received by a day and known at
//     a position, and answers for any legal day.
//
// Invariants:
//
//   - a State and everything reached from it is immutable;
//   - effects are computed, never recorded: status, counts and entry into force
//     follow from acts and clauses;
//   - the order of recording does not change what is true as of a day;
//   - what was known at a position does not change when more is recorded.
//
// Abbreviations in comments: VCLT, the Vienna Convention on the Law of Treaties
// of 1969; VCLT-IO, that of 1986 on treaties with international organizations;
// VCST, the Vienna Convention on Succession of States in respect of Treaties of
// 1978; ST/LEG/7/Rev.1, the Summary of Practice of the Secretary-General as
// Depositary of Multilateral Treaties.
package domain
