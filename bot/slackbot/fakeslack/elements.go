package fakeslack

import (
	"slices"
	"strings"
)

// elementPages are the pages of those elements whose name does not give it.
var elementPages = map[string]string{
	"datepicker": "date-picker-element", "datetimepicker": "datetime-picker-element", "timepicker": "time-picker-element",
	"overflow": "overflow-menu-element", "radio_buttons": "radio-button-group-element", "email_text_input": "email-input-element",
	"url_text_input": "url-input-element", "plain_text_input": "plain-text-input-element",
}

func elementPage(kind string) string {
	switch name := elementPages[kind]; {
	case name != "":
		return elementsPage + "/" + name
	case strings.HasPrefix(kind, "multi_"):
		return elementsPage + "/multi-select-menu-element"
	case strings.HasSuffix(kind, "_select"):
		return elementsPage + "/select-menu-element"
	}
	return elementsPage + "/" + strings.ReplaceAll(kind, "_", "-") + "-element"
}

// element checks an element of a block that takes some kinds of them. Actions
// has the action_ids of the block so far.
func (k *checker) element(at string, v any, actions map[string]bool, kinds ...string) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, elementsPage, "must be an object")
		return
	}
	kind, _ := o["type"].(string)
	page := elementPage(kind)
	if !slices.Contains(kinds, kind) {
		k.fail(at, page, "unsupported type: %s", kind)
		return
	}
	if kind == "image" {
		k.image(at, page, v)
		return
	}
	// https://docs.slack.dev/reference/block-kit/block-elements (action_id)
	if id := k.str(at, page, o, "action_id", 1, 255); id != "" {
		if actions[id] {
			k.fail(at+"/action_id", page, "action_id %s already exists", id)
		}
		actions[id] = true
	}
	k.confirm(at, o)
	k.textField(at, page, o, "placeholder", 150, plain)
	k.boolean(at, page, o, "focus_on_load")
	if o["focus_on_load"] == true {
		if k.focused { // only one element of a view
			k.fail(at+"/focus_on_load", page, "only one element can have focus_on_load")
		}
		k.focused = true
	}
	k.number(at, page, o, "max_selected_items", 1, 1000)

	option := func(kinds ...string) func(string, any) {
		return func(at string, v any) { k.option(at, v, kinds...) }
	}
	switch kind {
	case "button":
		k.object(at, page, v, "type*", "text*", "action_id", "url", "value", "style", "confirm", "accessibility_label")
		k.textField(at, page, o, "text", 75, plain)
		k.str(at, page, o, "value", 0, 2000)
		k.url(at, page, o, "url", 3000)
		k.enum(at, page, o, "style", "primary", "danger")
		k.str(at, page, o, "accessibility_label", 1, 75)
	case "workflow_button":
		k.object(at, page, v, "type*", "text*", "action_id*", "workflow*", "style", "accessibility_label")
		k.textField(at, page, o, "text", 75, plain)
	case "feedback_buttons":
		k.object(at, page, v, "type*", "action_id", "positive_button*", "negative_button*")
		for _, side := range []string{"positive_button", "negative_button"} {
			b, there := o[side]
			if !there {
				continue
			}
			// https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element
			at := at + "/" + side
			bo, _ := k.object(at, page, b, "text*", "value*", "accessibility_label")
			k.textField(at, page, bo, "text", 75, plain)
			k.str(at, page, bo, "value", 0, 2000)
			k.str(at, page, bo, "accessibility_label", 1, 75)
		}
	case "icon_button":
		k.object(at, page, v, "type*", "icon*", "text*", "action_id", "value", "confirm", "accessibility_label", "visible_to_user_ids")
		k.enum(at, page, o, "icon", "trash")
		k.textField(at, page, o, "text", 75, plain)
		k.str(at, page, o, "value", 0, 2000)
		k.str(at, page, o, "accessibility_label", 1, 75)
	case "overflow":
		k.object(at, page, v, "type*", "action_id", "options*", "confirm")
		k.list(at, page, o, "options", 1, 5, option(plain))
	case "checkboxes", "radio_buttons":
		initial := "initial_option"
		if kind == "checkboxes" {
			initial = "initial_options"
		}
		k.object(at, page, v, "type*", "action_id", "options*", initial, "confirm", "focus_on_load")
		k.list(at, page, o, "options", 1, 10, option(plain, mrkdwn))
		k.initial(at, page, o, initial, kind == "checkboxes", plain, mrkdwn)
	case "static_select", "multi_static_select":
		multi := kind == "multi_static_select"
		initial, most := "initial_option", "type"
		if multi {
			initial, most = "initial_options", "max_selected_items"
		}
		k.object(at, page, v, "type*", "action_id", "options", "option_groups", initial, most, "confirm", "focus_on_load", "placeholder")
		if (o["options"] == nil) == (o["option_groups"] == nil) {
			k.fail(at, page, "needs one of options and option_groups")
		}
		k.list(at, page, o, "options", 1, 100, option(plain))
		k.list(at, page, o, "option_groups", 1, 100, func(at string, v any) {
			const group = objectsPage + "/option-group-object"
			g, _ := k.object(at, group, v, "label*", "options*")
			k.textField(at, group, g, "label", 75, plain)
			k.list(at, group, g, "options", 1, 100, option(plain))
		})
		k.initial(at, page, o, initial, multi, plain)
	case "external_select", "multi_external_select", "users_select", "multi_users_select",
		"conversations_select", "multi_conversations_select", "channels_select", "multi_channels_select":
		k.object(at, page, v, "type", "action_id", "placeholder", "confirm", "focus_on_load", "max_selected_items", "min_query_length", "filter",
			"response_url_enabled", "default_to_current_conversation", "initial_option", "initial_options", "initial_user", "initial_users",
			"initial_conversation", "initial_conversations", "initial_channel", "initial_channels")
	case "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input":
		fields := []string{"type*", "action_id", "initial_value", "dispatch_action_config", "focus_on_load", "placeholder"}
		switch kind {
		case "plain_text_input":
			fields = append(fields, "multiline", "min_length", "max_length")
			k.boolean(at, page, o, "multiline")
			k.number(at, page, o, "min_length", 0, 3000)
			k.number(at, page, o, "max_length", 1, 3000)
			k.str(at, page, o, "initial_value", 0, 3000)
			least, ok1 := o["min_length"].(float64)
			most, ok2 := o["max_length"].(float64)
			if ok1 && ok2 && least > most {
				k.fail(at+"/min_length", page, "must not be more than max_length")
			}
		case "number_input":
			fields = append(fields, "is_decimal_allowed*", "min_value", "max_value")
		case "rich_text_input":
			fields = append(fields, "min_lines", "max_lines")
		}
		k.object(at, page, v, fields...)
	case "datepicker", "datetimepicker", "timepicker":
		k.object(at, page, v, "type*", "action_id", "initial_date", "initial_date_time", "initial_time", "timezone", "confirm", "focus_on_load", "placeholder")
	case "file_input":
		k.object(at, page, v, "type*", "action_id", "filetypes", "max_files")
		k.number(at, page, o, "max_files", 1, 10)
	}
}

// option checks an option.
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
func (k *checker) option(at string, v any, kinds ...string) {
	const page = objectsPage + "/option-object"
	o, _ := k.object(at, page, v, "text*", "value*", "description", "url")
	k.textField(at, page, o, "text", 75, kinds...)
	k.str(at, page, o, "value", 1, 150)
	k.textField(at, page, o, "description", 75, kinds...)
	k.url(at, page, o, "url", 3000)
}

// initial checks what is chosen to begin with: it is among the options.
func (k *checker) initial(at, page string, o map[string]any, name string, multi bool, kinds ...string) {
	v, there := o[name]
	if !there {
		return
	}
	offered := element{fields: o}.options()
	one := func(at string, v any) {
		k.option(at, v, kinds...)
		opt, _ := v.(map[string]any)
		value, _ := opt["value"].(string)
		if _, there := offered[value]; !there {
			k.fail(at, page, "must be one of the options")
		}
	}
	if multi {
		k.items(at+"/"+name, page, v, 1, 100, one)
		return
	}
	one(at+"/"+name, v)
}

// confirm checks the dialog that asks whether somebody is sure.
// https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
func (k *checker) confirm(at string, o map[string]any) {
	v, there := o["confirm"]
	if !there {
		return
	}
	const page = objectsPage + "/confirmation-dialog-object"
	at += "/confirm"
	d, _ := k.object(at, page, v, "title*", "text*", "confirm*", "deny*", "style")
	k.textField(at, page, d, "title", 100, plain)
	k.textField(at, page, d, "text", 300, plain, mrkdwn)
	k.textField(at, page, d, "confirm", 30, plain)
	k.textField(at, page, d, "deny", 30, plain)
	k.enum(at, page, d, "style", "primary", "danger")
}
