//go:build !race

package main

// raceDetector is set in tests that run with the race detector, which makes what
// computes much ten times slower.
const raceDetector = false
