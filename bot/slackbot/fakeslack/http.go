package fakeslack

func (s *Slack) sendHTTP(d *Delivery) {}
