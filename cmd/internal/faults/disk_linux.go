package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// disk is a disk in user space (FUSE) over a folder: it passes everything on, and
// remembers what a power cut could take.
//
//   - Of a file that was written and not synced since, each sector of 512 bytes may
//     be the old one or the new one, and the file may have its old length. So a
//     page may be torn, and a later write may be there without an earlier one.
//   - Names (files made, renamed and removed, folders) are in a journal, as those of
//     ext4 and XFS: they are lost from its end, and none that a sync of any file or
//     folder came after.
//
// It can also have no room, or fail to write or to sync, in the files that are named.
type disk struct {
	at      string // where it is mounted
	backing string // what is on it
	trash   string // what was removed and may come back
	server  *fuse.Server

	mu      sync.Mutex
	files   map[uint64]*unsynced // by inode
	names   []func() error       // undo, in the order in which they were done
	durable int                  // how many names came before those
	removed int
	failing failing
	down    chan struct{} // there while the power is off; closed when its users are dead
}

// unsynced is what a file was before it was written without a sync. Each sync that
// goes on begins a layer: what is written meanwhile is not made durable by it.
type unsynced struct {
	file   *os.File
	layers []*layer // the earliest first
}

// layer is what a file was when a sync began, as far as it was written since.
type layer struct {
	size int64
	old  map[int64][]byte // sectors; shorter at the end of the file
}

// failing is how a disk fails.
type failing struct {
	write, sync syscall.Errno // 0: it does not
	full        bool          // it says that it has no room
	only        string        // only below this name; everywhere where empty
}

const (
	sector = 512

	noRoom = syscall.ENOSPC
	broken = syscall.EIO
)

// newDisk mounts a disk over a folder beside it.
func (s *suite) newDisk(backing string) (*disk, error) {
	d := &disk{at: backing + ".disk", backing: backing, trash: backing + ".trash"}
	for _, folder := range []string{d.at, d.backing, d.trash} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	return d, d.mount()
}

func (d *disk) mount() error {
	d.files, d.names, d.durable, d.down = map[uint64]*unsynced{}, nil, 0, nil
	root, err := fs.NewLoopbackRoot(d.backing)
	if err != nil {
		return err
	}
	brief := time.Second
	d.server, err = fs.Mount(d.at, &file{LoopbackNode: root.(*fs.LoopbackNode), disk: d}, &fs.Options{
		AttrTimeout: &brief, EntryTimeout: &brief,
		MountOptions: fuse.MountOptions{DirectMountStrict: true, DirectMountFlags: syscall.MS_NOSUID | syscall.MS_NODEV, FsName: "faults", Name: "faults", DisableXAttrs: true, MaxWrite: 1 << 20},
	})
	if err != nil {
		return &errSkipped{fmt.Sprintf("a file system in user space cannot be mounted here (%v)", err)}
	}
	return nil
}

// unmount takes the disk away; what is on it stays in its folder.
func (d *disk) unmount() error {
	for range 100 {
		if err := syscall.Unmount(d.at, 0); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = syscall.Unmount(d.at, unix.MNT_DETACH) // where it is gone already, nothing happens
	d.server.Wait()
	return nil
}

// remove forgets the disk with all that is on it.
func (d *disk) remove() {
	for _, folder := range []string{d.at, d.backing, d.trash} {
		_ = os.RemoveAll(folder)
	}
}

func (d *disk) fail(how failing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failing = how
}

// powerOff stops the disk at this moment: what is asked of it waits until kill has
// returned, and then fails.
func (d *disk) powerOff(kill func()) {
	d.mu.Lock()
	d.down = make(chan struct{})
	d.mu.Unlock()
	kill()
	close(d.down)
}

// on waits while the power is off, and reports whether it is on.
func (d *disk) on() bool {
	d.mu.Lock()
	down := d.down
	d.mu.Unlock()
	if down == nil {
		return true
	}
	<-down
	return false
}

// cut is what a power cut leaves, of a disk that nobody uses any more: of what was
// not synced each sector survives with one and the same chance. It returns how many
// sectors and names were lost.
func (d *disk) cut(random *rand.Rand) (sectors, names int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	survives := []float64{0, 0, 0.2, 0.5, 0.8, 1}[random.IntN(6)]
	for _, u := range d.files {
		lost, err := u.cut(random, survives)
		if err != nil {
			return sectors, names, err
		}
		sectors += lost
	}
	if len(d.names) > 0 {
		names = random.IntN(len(d.names) + 1)
	}
	if survives == 0 {
		names = len(d.names)
	}
	for _, undo := range slices.Backward(d.names[len(d.names)-names:]) {
		if err := undo(); err != nil {
			return sectors, names, err
		}
	}
	return sectors, names, errors.Join(os.RemoveAll(d.trash), os.Mkdir(d.trash, 0o700))
}

func (u *unsynced) cut(random *rand.Rand, survives float64) (lost int, err error) {
	defer u.file.Close()
	info, err := u.file.Stat()
	if err != nil {
		return 0, err
	}
	size, earliest := info.Size(), u.layers[0].size
	end := earliest // of what is left
	for _, at := range u.sectors() {
		content, changed := u.left(at, random, survives)
		if !changed {
			end = max(end, min(size, at+sector))
			continue
		}
		lost++
		end = max(end, min(size, at+int64(len(content))))
		padded := make([]byte, sector) // what was never written is nothing
		copy(padded, content)
		if _, err := u.file.WriteAt(padded, at); err != nil {
			return lost, err
		}
	}
	if size > end && random.Float64() < survives || size < end && lost == 0 && random.Float64() < survives {
		end = size
	}
	return lost, u.file.Truncate(end)
}

// sectors returns those that were written, in order.
func (u *unsynced) sectors() []int64 {
	written := map[int64]bool{}
	for _, l := range u.layers {
		for at := range l.old {
			written[at] = true
		}
	}
	return slices.Sorted(maps.Keys(written))
}

// left returns what is in a sector after the cut, and whether it is an older content.
func (u *unsynced) left(at int64, random *rand.Rand, survives float64) (content []byte, changed bool) {
	for _, l := range slices.Backward(u.layers) {
		old, written := l.old[at]
		if !written {
			continue
		}
		if random.Float64() < survives {
			break
		}
		content, changed = old, true
	}
	return content, changed
}

// before remembers what a file is before bytes of it are written. With mu.
func (d *disk) before(path string, handle *os.File, from, to int64) error {
	u, err := d.unsynced(path, handle)
	if err != nil {
		return err
	}
	old := u.layers[len(u.layers)-1].old
	first, last := from/sector, (to+sector-1)/sector
	var content []byte
	for at := first; at < last; at++ {
		if _, known := old[at*sector]; known {
			continue
		}
		if content == nil {
			content = make([]byte, (last-first)*sector)
			n, _ := u.file.ReadAt(content, first*sector) // at the end of the file there is less
			content = content[:n]
		}
		begin := min(int64(len(content)), (at-first)*sector)
		old[at*sector] = slices.Clone(content[begin:min(int64(len(content)), begin+sector)])
	}
	return nil
}

// unsynced returns what is remembered of a file. With mu.
func (d *disk) unsynced(path string, handle *os.File) (*unsynced, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(int(handle.Fd()), &stat); err != nil {
		return nil, err
	}
	if u := d.files[stat.Ino]; u != nil {
		return u, nil
	}
	// By the descriptor: the file may have no name any more.
	own, err := os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", handle.Fd()), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	u := &unsynced{file: own, layers: []*layer{newLayer(stat.Size)}}
	d.files[stat.Ino] = u
	return u, nil
}

func newLayer(size int64) *layer { return &layer{size: size, old: map[int64][]byte{}} }

// sync makes durable what a file is when it is called, and all names up to then;
// meanwhile it takes as long as a disk does.
func (d *disk) sync(handle *os.File) syscall.Errno {
	d.mu.Lock()
	names := d.durable + len(d.names)
	var u *unsynced
	var begun *layer
	var stat unix.Stat_t
	if handle != nil && unix.Fstat(int(handle.Fd()), &stat) == nil {
		if u = d.files[stat.Ino]; u != nil {
			begun = newLayer(stat.Size)
			u.layers = append(u.layers, begun)
		}
	}
	d.mu.Unlock()
	time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)

	if !d.on() {
		return broken
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if forgotten := names - d.durable; forgotten > 0 {
		d.names, d.durable = d.names[forgotten:], names
	}
	if u == nil {
		return 0
	}
	if at := slices.Index(u.layers, begun); at > 0 {
		u.layers = u.layers[at:]
	}
	if len(u.layers) == 1 && len(begun.old) == 0 && d.files[stat.Ino] == u {
		_ = u.file.Close()
		delete(d.files, stat.Ino)
	}
	return 0
}

// putAside keeps what is removed from a name until that is durable. With mu.
func (d *disk) putAside(path string) (back func() error, err error) {
	d.removed++
	aside := filepath.Join(d.trash, fmt.Sprint(d.removed))
	if err := os.Rename(path, aside); err != nil {
		return nil, err
	}
	return func() error { return os.Rename(aside, path) }, nil
}
