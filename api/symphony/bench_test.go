package symphony

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkMessages reads a full page.
func BenchmarkMessages(b *testing.B) {
	var parts []string
	for i := range MaxMessages {
		parts = append(parts, fmt.Sprintf(`{"messageId":"uRcu9fjRALpKLHnPR1k6-3___peODOxMbQ%d","timestamp":%d,"message":"<div data-format=\"PresentationML\" data-version=\"2.0\" class=\"wysiwyg\"><p>The invoice of %d is here, see the file</p></div>","data":"{}",
		"user":{"userId":14362370637825,"firstName":"Ada","lastName":"L","displayName":"Ada L","email":"ada@acme.example","username":"ada"},
		"stream":{"streamId":"0dc2lkcMWjAbfnNt5UwV7n___pnHtQ-FdA","streamType":"ROOM","roomName":"Desk","external":false,"crossPod":false},
		"attachments":[{"id":"internal_13056700579891%%2FWgDerTCmPNsF6JcMpISnKQ%%3D%%3D","name":"invoice.pdf","size":473892,"images":[{"id":"t","dimension":"600"}]}],
		"externalRecipients":false,"userAgent":"Agent-24","originalFormat":"com.symphony.messageml.v2","sid":"x"}`, i, 1548089933946+i, i))
	}
	raw := []byte("[" + strings.Join(parts, ",") + "]")
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		list, err := decodeList[wireMessage](raw)
		if err != nil || len(messages(list)) != MaxMessages {
			b.Fatal(err)
		}
	}
}
