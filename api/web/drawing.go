package web

import "depositary/projections"
import "depositary/domain"

func (a *ask) growth(projections.TreatyStatus, projections.Timeline) string { return "" }
func (a *ask) statusMap(projections.TreatyStatus) string                    { return "" }
func (a *ask) statusTiles(projections.TreatyStatus) string                  { return "" }
func (a *ask) bars(projections.Gap, []domain.ParticipantID) string          { return "" }
func (a *ask) coverage(projections.Coverage) string                         { return "" }
func (a *ask) regions(projections.Gap) string                               { return "" }
func (a *ask) lanes(projections.Timeline) string                            { return "" }
func (a *ask) share(projections.Gap) string                                 { return "" }
