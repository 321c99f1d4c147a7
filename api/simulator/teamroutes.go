package simulator

import "strings"

// teamRoutes are the calls of team messaging, by today's paths and the older
// ones.
func teamRoutes() map[string]*op {
	light := op{group: "Light", app: "TeamMessaging"}
	read := op{group: "Medium", app: "TeamMessaging"}
	edit := op{group: "Medium", app: "TeamMessaging", edit: true}
	routes := map[string]*op{}
	// The middle age knows the same calls below another path.
	both := func(method, path string, o *op) {
		handle := o.handle
		now, then := *o, *o
		now.handle, then.handle = since("2020", handle), since("2019", handle)
		routes[method+" /team-messaging/v1"+path] = &now
		routes[method+" /restapi/v1.0/glip"+path] = &then
	}
	both("GET", "/chats", read.as("listGlipChatsNew", (*call).listChats))
	both("GET", "/chats/{chat}", light.as("readGlipChatNew", (*call).readChat))
	both("POST", "/chats/{chat}/favorite", edit.as("favoriteGlipChatNew", (*call).favoriteChat))
	both("POST", "/chats/{chat}/unfavorite", edit.as("unfavoriteGlipChatNew", (*call).unfavoriteChat))
	both("GET", "/recent/chats", light.as("listRecentChatsNew", (*call).recentChats))
	both("GET", "/favorites", light.as("listFavoriteChatsNew", (*call).favoriteChats))
	both("GET", "/conversations", read.as("listGlipConversationsNew", (*call).listConversations))
	both("POST", "/conversations", edit.as("createGlipConversationNew", (*call).openConversation))
	both("GET", "/conversations/{chat}", light.as("readGlipConversationNew", (*call).readConversation))
	both("GET", "/everyone", light.as("readGlipEveryoneNew", (*call).readEveryone))
	both("PATCH", "/everyone", edit.as("patchGlipEveryoneNew", (*call).updateEveryone))
	both("GET", "/teams", read.as("listGlipTeamsNew", (*call).listTeams))
	both("POST", "/teams", edit.as("createGlipTeamNew", (*call).createTeam))
	both("GET", "/teams/{chat}", light.as("readGlipTeamNew", (*call).readTeam))
	both("PATCH", "/teams/{chat}", edit.as("patchGlipTeamNew", (*call).updateTeam))
	both("DELETE", "/teams/{chat}", edit.as("deleteGlipTeamNew", (*call).deleteTeam))
	both("POST", "/teams/{chat}/join", edit.as("joinGlipTeamNew", (*call).joinTeam))
	both("POST", "/teams/{chat}/leave", edit.as("leaveGlipTeamNew", (*call).leaveTeam))
	both("POST", "/teams/{chat}/add", edit.as("addGlipTeamMembersNew", (*call).addMembers))
	both("POST", "/teams/{chat}/remove", edit.as("removeGlipTeamMembersNew", (*call).removeMembers))
	both("POST", "/teams/{chat}/archive", edit.as("archiveGlipTeamNew", (*call).archiveTeam))
	both("POST", "/teams/{chat}/unarchive", edit.as("unarchiveGlipTeamNew", (*call).unarchiveTeam))
	both("GET", "/chats/{chat}/posts", read.as("readGlipPostsNew", (*call).listPosts))
	both("POST", "/chats/{chat}/posts", edit.as("createGlipPostNew", (*call).createPost))
	both("GET", "/chats/{chat}/posts/{post}", light.as("readGlipPostNew", (*call).readPost))
	both("PATCH", "/chats/{chat}/posts/{post}", edit.as("patchGlipPostNew", (*call).updatePost))
	both("DELETE", "/chats/{chat}/posts/{post}", edit.as("deleteGlipPostNew", (*call).deletePost))
	routes["GET /team-messaging/v1/chats/{chat}/threads/{thread}/posts"] = read.as("readGlipThreadPostsNew", since("2020", (*call).listThread))
	upload := op{group: "Heavy", app: "TeamMessaging", edit: true, body: maxUpload}
	routes["POST /team-messaging/v1/files"] = upload.as("createGlipFileNew", since("2020", (*call).uploadFiles))
	routes["POST /restapi/v1.0/glip/files"] = upload.as("createGlipFile", (*call).uploadGroupFile)
	// From here on the oldest services know the paths as well.
	ever := func(method, path string, o *op) {
		now := *o
		now.handle = since("2020", o.handle)
		routes[method+" /team-messaging/v1"+path] = &now
		routes[method+" /restapi/v1.0/glip"+path] = o
	}
	ever("GET", "/persons/{persons}", light.as("readGlipPersonNew", (*call).readPersons))
	ever("GET", "/companies/{company}", light.as("readTMCompanyInfoNew", (*call).readCompany))
	ever("GET", "/webhooks", read.as("listGlipWebhooksNew", (*call).listHooks))
	ever("GET", "/webhooks/{hook}", read.as("readGlipWebhookNew", (*call).readHooks))
	ever("DELETE", "/webhooks/{hook}", edit.as("deleteGlipWebhookNew", (*call).deleteHook))
	ever("POST", "/webhooks/{hook}/activate", edit.as("activateGlipWebhookNew", (*call).activateHook))
	ever("POST", "/webhooks/{hook}/suspend", edit.as("suspendGlipWebhookNew", (*call).suspendHook))
	ever("GET", "/groups/{chat}/webhooks", read.as("listGlipGroupWebhooksNew", (*call).listHooks))
	ever("POST", "/groups/{chat}/webhooks", edit.as("createGlipGroupWebhookNew", (*call).createHook))
	for pattern, o := range map[string]*op{
		"GET /groups":                          read.as("listGlipGroups", (*call).listGroups),
		"POST /groups":                         edit.as("createGlipGroup", (*call).createGroup),
		"GET /groups/{chat}":                   light.as("loadGlipGroup", (*call).readGroups),
		"POST /groups/{chat}/bulk-assign":      edit.as("assignGlipGroupMembers", (*call).bulkAssign),
		"GET /groups/{chat}/posts":             read.as("listGlipGroupPosts", (*call).listGroupPosts),
		"POST /groups/{chat}/posts":            edit.as("createGlipGroupPost", (*call).createGroupPost),
		"PUT /groups/{chat}/posts/{post}/text": edit.as("updateGlipPostText", (*call).updateGroupPost),
		"GET /posts":                           light.as("listGlipPosts", (*call).listGroupPosts),
		"POST /posts":                          (&op{group: "Light", app: "TeamMessaging", edit: true}).as("createPost", (*call).createGroupPost),
	} {
		method, path := cutWord(pattern)
		routes[method+" /restapi/v1.0/glip"+path] = o
	}
	return routes
}

func cutWord(s string) (first, rest string) {
	first, rest, _ = strings.Cut(s, " ")
	return first, rest
}

// teamFiles is the content of files, on the media host. A token in the address
// counts for nothing here.
func teamFiles() *op {
	return (&op{group: "Medium", app: "TeamMessaging", media: true, strict: true}).as("downloadFile", (*call).readFile)
}
