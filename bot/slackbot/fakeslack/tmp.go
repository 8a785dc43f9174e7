package fakeslack

import "net/http"

type View struct{}
type trigger struct{}
type response struct{}

func (s *Slack) serveResponse(w http.ResponseWriter, r *http.Request) {}
