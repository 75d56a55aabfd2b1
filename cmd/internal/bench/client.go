package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// client is a connection that asks the same again and again. It reads just
// enough of the answer, so that the server is what is measured.
type client struct {
	net.Conn
	in      *bufio.Reader
	request []byte
}

func dial(address, coding, tag string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	request := "GET " + readPath + " HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
	if coding != "" {
		request += "Accept-Encoding: " + coding + "\r\n"
	}
	if tag != "" {
		request += "If-None-Match: " + tag + "\r\n"
	}
	return &client{conn, bufio.NewReaderSize(conn, 64<<10), []byte(request + "\r\n")}, nil
}

// ask sends the request and reads the whole answer.
func (c *client) ask(context.Context) error {
	if _, err := c.Write(c.request); err != nil {
		return err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(status) < 12 || string(status[9:12]) != "200" && string(status[9:12]) != "304" {
		return fmt.Errorf("answered %q", status)
	}
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 2 {
			break
		}
		if value, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	_, err = c.in.Discard(length)
	return err
}

// childLoad asks for a while, on several connections at once.
func childLoad(ctx context.Context, args []string) error {
	if len(args) != 5 {
		return errors.New("load: address, coding, tag, connections, span")
	}
	conns, err1 := strconv.Atoi(args[3])
	span, err2 := time.ParseDuration(args[4])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	free := make(chan *client, conns)
	for range conns {
		c, err := dial(args[0], args[1], args[2])
		if err != nil {
			return err
		}
		defer c.Close()
		free <- c
	}
	begun := time.Now()
	x, err := drive(ctx, conns, span, func(ctx context.Context) error {
		c := <-free
		defer func() { free <- c }()
		return c.ask(ctx)
	})
	if err != nil {
		return err
	}
	seconds := time.Since(begun).Seconds()
	return json.NewEncoder(os.Stdout).Encode(loaded{int(x.rate * seconds), seconds, x.p50, x.p99})
}
