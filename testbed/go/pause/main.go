// Command pause does nothing but hold namespaces open: it is the first process of every pod's sandbox and of the
// testbed's own box. As process 1 it has to reap the orphans that the kernel hands to it.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGINT, syscall.SIGTERM)
	for {
		reap()
		if s := <-signals; s != syscall.SIGCHLD {
			return
		}
	}
}

func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
	}
}
