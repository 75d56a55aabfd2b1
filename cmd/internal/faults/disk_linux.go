package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// file is a file or folder on a disk.
type file struct {
	*fs.LoopbackNode
	disk *disk
}

// handle is an open file.
type handle struct{ *os.File }

var (
	_ fs.NodeWrapChilder    = (*file)(nil)
	_ fs.NodeCreater        = (*file)(nil)
	_ fs.NodeOpener         = (*file)(nil)
	_ fs.NodeReader         = (*file)(nil)
	_ fs.NodeWriter         = (*file)(nil)
	_ fs.NodeFsyncer        = (*file)(nil)
	_ fs.NodeFlusher        = (*file)(nil)
	_ fs.NodeReleaser       = (*file)(nil)
	_ fs.NodeAllocater      = (*file)(nil)
	_ fs.NodeSetattrer      = (*file)(nil)
	_ fs.NodeUnlinker       = (*file)(nil)
	_ fs.NodeRenamer        = (*file)(nil)
	_ fs.NodeLinker         = (*file)(nil)
	_ fs.NodeMkdirer        = (*file)(nil)
	_ fs.NodeRmdirer        = (*file)(nil)
	_ fs.NodeStatfser       = (*file)(nil)
	_ fs.NodeCopyFileRanger = (*file)(nil)
)

// WrapChild makes all that is below a folder part of the same disk.
func (f *file) WrapChild(_ context.Context, ops fs.InodeEmbedder) fs.InodeEmbedder {
	return &file{LoopbackNode: ops.(*fs.LoopbackNode), disk: f.disk}
}

func (f *file) path() string { return filepath.Join(f.disk.backing, f.Path(f.Root())) }

// lock serializes everything that changes the disk, and returns how it fails here.
func (f *file) lock() (failing, func()) {
	for f.disk.mu.Lock(); f.disk.down != nil; f.disk.mu.Lock() {
		f.disk.mu.Unlock()
		if !f.disk.on() {
			f.disk.mu.Lock()
			return failing{write: broken, sync: broken}, f.disk.mu.Unlock
		}
	}
	how := f.disk.failing
	if how.only != "" && !belongs(f.Path(f.Root()), how.only) {
		how = failing{}
	}
	return how, f.disk.mu.Unlock
}

// belongs reports whether a path is, or lies below, something of that name.
func belongs(path, name string) bool { return slices.Contains(strings.Split(path, "/"), name) }

func (f *file) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 {
		return nil, nil, 0, how.write
	}
	path := filepath.Join(f.path(), name)
	opened, err := os.OpenFile(path, int(flags)&^syscall.O_APPEND&^syscall.O_WRONLY|os.O_RDWR|os.O_CREATE, os.FileMode(mode))
	if err != nil {
		return nil, nil, 0, fs.ToErrno(err)
	}
	f.disk.names = append(f.disk.names, func() error { return os.Remove(path) })
	inode, errno := f.LoopbackNode.Lookup(ctx, name, out)
	return inode, &handle{opened}, 0, errno
}

func (f *file) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	how, unlock := f.lock()
	defer unlock()
	mode := int(flags) &^ (syscall.O_APPEND | syscall.O_TRUNC | fuse.FMODE_EXEC)
	if mode&syscall.O_ACCMODE == syscall.O_WRONLY {
		mode = mode&^syscall.O_WRONLY | syscall.O_RDWR
	}
	opened, err := os.OpenFile(f.path(), mode, 0)
	if err != nil {
		return nil, 0, fs.ToErrno(err)
	}
	if flags&syscall.O_TRUNC != 0 {
		if errno := f.truncate(how, opened, 0); errno != 0 {
			_ = opened.Close()
			return nil, 0, errno
		}
	}
	return &handle{opened}, 0, 0
}

func (f *file) Read(_ context.Context, h fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := h.(*handle).ReadAt(dest, off)
	if n == 0 && err != nil && err != io.EOF {
		return nil, fs.ToErrno(err)
	}
	return fuse.ReadResultData(dest[:n]), 0
}

// Write writes; where it fails for want of room, half of it is written first.
func (f *file) Write(_ context.Context, h fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 && (how.write != syscall.ENOSPC || len(data) < 2*sector) {
		return 0, how.write
	}
	if how.write != 0 {
		data = data[:len(data)/2]
	}
	opened := h.(*handle)
	if err := f.disk.before(f.path(), opened.File, off, off+int64(len(data))); err != nil {
		return 0, fs.ToErrno(err)
	}
	n, err := opened.WriteAt(data, off)
	return uint32(n), fs.ToErrno(err)
}

func (f *file) Fsync(_ context.Context, h fs.FileHandle, _ uint32) syscall.Errno {
	how, unlock := f.lock()
	unlock()
	if how.sync != 0 {
		return how.sync
	}
	if opened, ok := h.(*handle); ok {
		return f.disk.sync(opened.File)
	}
	return f.disk.sync(nil)
}

func (f *file) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

func (f *file) Release(_ context.Context, h fs.FileHandle) syscall.Errno {
	return fs.ToErrno(h.(*handle).Close())
}

func (f *file) Allocate(_ context.Context, h fs.FileHandle, off, size uint64, mode uint32) syscall.Errno {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 {
		return how.write
	}
	opened := h.(*handle)
	if _, err := f.disk.unsynced(f.path(), opened.File); err != nil {
		return fs.ToErrno(err)
	}
	return fs.ToErrno(syscall.Fallocate(int(opened.Fd()), mode, int64(off), int64(size)))
}

// Setattr changes the length of a file here, and the rest in the folder below.
func (f *file) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		how, unlock := f.lock()
		defer unlock()
		opened, err := os.OpenFile(f.path(), os.O_RDWR, 0)
		if own, ok := h.(*handle); ok {
			opened, err = own.File, nil
		} else {
			defer opened.Close()
		}
		if err != nil {
			return fs.ToErrno(err)
		}
		if errno := f.truncate(how, opened, int64(size)); errno != 0 {
			return errno
		}
		in.Valid &^= fuse.FATTR_SIZE
	}
	return f.LoopbackNode.Setattr(ctx, nil, in, out)
}

// truncate changes the length of a file. With mu.
func (f *file) truncate(how failing, opened *os.File, size int64) syscall.Errno {
	info, err := opened.Stat()
	if err != nil {
		return fs.ToErrno(err)
	}
	if (size > info.Size() || how.sync != 0) && how.write != 0 {
		return how.write
	}
	if err := f.disk.before(f.path(), opened, min(size, info.Size()), info.Size()); err != nil {
		return fs.ToErrno(err)
	}
	return fs.ToErrno(opened.Truncate(size))
}

func (f *file) Unlink(_ context.Context, name string) syscall.Errno {
	how, unlock := f.lock()
	defer unlock()
	if how.sync != 0 && how.write != 0 {
		return how.write
	}
	back, err := f.disk.putAside(filepath.Join(f.path(), name))
	if err == nil {
		f.disk.names = append(f.disk.names, back)
	}
	return fs.ToErrno(err)
}

func (f *file) Rename(_ context.Context, name string, parent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 {
		return how.write
	}
	if flags != 0 {
		return syscall.EINVAL
	}
	from, to := filepath.Join(f.path(), name), filepath.Join(parent.(*file).path(), newName)
	replaced := func() error { return nil }
	if _, err := os.Lstat(to); err == nil {
		if replaced, err = f.disk.putAside(to); err != nil {
			return fs.ToErrno(err)
		}
	}
	if err := os.Rename(from, to); err != nil {
		return fs.ToErrno(err)
	}
	f.disk.names = append(f.disk.names, func() error {
		if err := os.Rename(to, from); err != nil {
			return err
		}
		return replaced()
	})
	return 0
}

func (f *file) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 {
		return nil, how.write
	}
	path := filepath.Join(f.path(), name)
	if err := os.Link(target.(*file).path(), path); err != nil {
		return nil, fs.ToErrno(err)
	}
	f.disk.names = append(f.disk.names, func() error { return os.Remove(path) })
	return f.LoopbackNode.Lookup(ctx, name, out)
}

func (f *file) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	how, unlock := f.lock()
	defer unlock()
	if how.write != 0 {
		return nil, how.write
	}
	path := filepath.Join(f.path(), name)
	f.disk.names = append(f.disk.names, func() error { return os.RemoveAll(path) })
	return f.LoopbackNode.Mkdir(ctx, name, mode, out)
}

func (f *file) Rmdir(ctx context.Context, name string) syscall.Errno {
	how, unlock := f.lock()
	defer unlock()
	if how.sync != 0 && how.write != 0 {
		return how.write
	}
	path := filepath.Join(f.path(), name)
	errno := f.LoopbackNode.Rmdir(ctx, name)
	if errno == 0 {
		f.disk.names = append(f.disk.names, func() error { return os.Mkdir(path, 0o700) })
	}
	return errno
}

func (f *file) Statfs(ctx context.Context, out *fuse.StatfsOut) syscall.Errno {
	how, unlock := f.lock()
	defer unlock()
	errno := f.LoopbackNode.Statfs(ctx, out)
	if how.full {
		out.Bfree, out.Bavail = 0, 0
	}
	return errno
}

// CopyFileRange is not there: what is copied is written.
func (f *file) CopyFileRange(context.Context, fs.FileHandle, uint64, *fs.Inode, fs.FileHandle, uint64, uint64, uint64) (uint32, syscall.Errno) {
	return 0, syscall.ENOTSUP
}
