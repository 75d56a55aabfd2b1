package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// introduce says on what the figures were measured.
func (b *bench) introduce() error {
	f, err := b.syncRate()
	if err != nil {
		return err
	}
	b.report.WriteString("# Benchmarks\n\n")
	if b.quick {
		b.report.text("**A quick run: it shows that the program works. Its figures mean nothing.**")
	}
	b.report.text("Written by `make bench` on %s. Medians of several rounds; the contestants of a table take turns within each round. "+
		"The machine is shared, so compare ratios, not figures. **F** is the rate of appending 4 KiB and fdatasync on the same disk, measured again in every round; here %s/s.",
		time.Now().UTC().Format("2 January 2006, 15:04 UTC"), count(f))
	b.report.table([]string{"machine", ""}, [][]string{
		{"processor", fmt.Sprintf("%s, %d cores", firstOf("/proc/cpuinfo", "model name"), runtime.NumCPU())},
		{"memory", strings.TrimSpace(gibibytes(firstOf("/proc/meminfo", "MemTotal")))},
		{"kernel", kernel()},
		{"file system", fileSystem(b.folder)},
		{"Go", runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH},
		{"libraries", strings.Join(libraries(), ", ")},
	})
	return nil
}

// syncRate measures F: how often a second 4 KiB can be appended and synced.
func (b *bench) syncRate() (float64, error) {
	file, err := os.CreateTemp(b.folder, "sync-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	page := make([]byte, 4096)
	begun, n := time.Now(), 0
	for time.Since(begun) < pick(b, 400*time.Millisecond, 50*time.Millisecond) {
		if _, err := file.Write(page); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(begun).Seconds(), nil
}

// firstOf returns the value of the first line "key : value" of a file.
func firstOf(path, key string) string {
	file, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// kilobytesOf returns a figure such as "VmHWM: 123 kB" of a process in bytes.
func kilobytesOf(path, key string) (n uint64) {
	_, _ = fmt.Sscanf(firstOf(path, key), "%d", &n) // 0 where the system does not tell
	return n << 10
}

func gibibytes(kilobytes string) string {
	var n float64
	if _, err := fmt.Sscanf(kilobytes, "%f", &n); err != nil {
		return kilobytes
	}
	return fmt.Sprintf("%.0f GiB", n/(1<<20))
}

func kernel() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
}

// fileSystem returns the type of the mount that a folder lies in.
func fileSystem(folder string) string {
	folder, _ = filepath.Abs(folder)
	data, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return "unknown"
	}
	best, kind := "", "unknown"
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		inside := len(fields) > 2 && (folder == fields[1] || strings.HasPrefix(folder, strings.TrimSuffix(fields[1], "/")+"/"))
		if inside && len(fields[1]) >= len(best) {
			best, kind = fields[1], fields[2]
		}
	}
	return kind
}

// libraries returns the versions of what does the work.
func libraries() (all []string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return []string{"unknown"}
	}
	wanted := []string{"go.etcd.io/bbolt", "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go",
		"github.com/synadia-io/orbit.go/jetstreamext", "github.com/danielgtaylor/huma/v2", "modernc.org/sqlite"}
	for _, m := range info.Deps {
		if slices.Contains(wanted, m.Path) {
			all = append(all, strings.TrimPrefix(m.Path, "github.com/")+" "+m.Version)
		}
	}
	return all
}

func folderSize(folder string) (size int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if info, err := entry.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}
