package process

// NewSpawnerOn returns a Spawner, and what its goroutine does, for the caller's
// own thread to begin.
func NewSpawnerOn() (*Spawner, func()) {
	s := &Spawner{requests: make(chan spawnRequest)}
	return s, s.own
}
