//go:build !unix

package uitest

import "errors"

func limitFileSize(bytes string) error {
	if bytes == "" {
		return nil
	}
	return errors.New("files cannot be limited here")
}
