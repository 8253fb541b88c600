// Package files checks evidence files that lie on a disk, one or ten thousand, and
// says in words what it found. The command verify and the command skuld are two
// doors to it.
//
// It must not judge, which package evidence does, and it must not need a network.
package files
