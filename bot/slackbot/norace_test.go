//go:build !race

package slackbot_test

const raceDetector = false
