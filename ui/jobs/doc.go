// Package jobs shows what is under way: downloads with their progress, and
// changes on their way to the service with their errors and next tries.
package jobs
