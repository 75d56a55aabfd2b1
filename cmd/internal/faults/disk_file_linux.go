package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

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
