// Package browsertest tests the pages and the desk in a real Chromium, which
// make browser installs. Its tests have the build tag browser.
package browsertest
