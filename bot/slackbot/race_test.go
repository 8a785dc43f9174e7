//go:build race

package slackbot_test

// raceDetector is set where each step takes many times as long.
const raceDetector = true
