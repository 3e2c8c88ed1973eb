/*
	The natives of `embedded:storage/key-value`. A domain is a list of entries in the host's memory, as it is a part of flash on a
	device; with a storage directory it is also a file of records: key size, key, format, value size (4 bytes), value.
*/

#include "xsmc.h"
#include "host.h"
#include "native.h"
#include "storage.h"

typedef enum { BUFFER, STRING, UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT64, FORMATS } Format;

static const char* const formatNames[FORMATS] = {
	"buffer", "string", "uint8", "int8", "uint16", "int16", "uint32", "int32", "float64",
};

enum { KEY_SIZE = 64, NAME_SIZE = 64 };

typedef struct Entry Entry;
struct Entry {
	Entry* next;
	char key[KEY_SIZE];
	Format format;
	size_t size;
	uint8_t* bytes;
};

typedef struct Domain Domain;
struct Domain {
	Domain* next;
	char name[NAME_SIZE];
	char* path;
	Entry* entries;
};

typedef struct {
	Domain* domain;
	Format format;
} View;

static Domain* domains = NULL;

static void destructor(void* data)
{
	free(data);
}

static const xsHostHooks hooks = { destructor, NULL, NULL };

static Entry** find_entry(Domain* domain, const char* key)
{
	Entry** address = &domain->entries;
	while (*address && strcmp((*address)->key, key))
		address = &(*address)->next;
	return address;
}

static void put_entry(Domain* domain, const char* key, Format format, const void* bytes, size_t size)
{
	Entry** address = find_entry(domain, key);
	if (!*address) {
		*address = calloc(1, sizeof(Entry));
		strcpy((*address)->key, key);
	}
	Entry* entry = *address;
	entry->format = format;
	entry->size = size;
	entry->bytes = realloc(entry->bytes, size + 1);
	memcpy(entry->bytes, bytes, size);
}

static void load_domain(Domain* domain)
{
	size_t size = 0;
	uint8_t* file = domain->path ? storage_load(domain->path, &size) : NULL;
	for (uint8_t* p = file; p && p < file + size;) {
		char key[KEY_SIZE] = "";
		uint32_t length;
		memcpy(key, p + 1, *p);
		p += 1 + *p;
		Format format = *p++;
		memcpy(&length, p, sizeof(length));
		p += sizeof(length);
		put_entry(domain, key, format, p, length);
		p += length;
	}
	free(file);
}

static void save_domain(Domain* domain)
{
	size_t size = 0;
	if (!domain->path)
		return;
	for (Entry* entry = domain->entries; entry; entry = entry->next)
		size += 1 + strlen(entry->key) + 1 + sizeof(uint32_t) + entry->size;
	uint8_t* file = malloc(size + 1), *p = file;
	for (Entry* entry = domain->entries; entry; entry = entry->next) {
		uint32_t length = (uint32_t)entry->size;
		*p++ = (uint8_t)strlen(entry->key);
		memcpy(p, entry->key, strlen(entry->key));
		p += strlen(entry->key);
		*p++ = (uint8_t)entry->format;
		memcpy(p, &length, sizeof(length));
		memcpy(p + sizeof(length), entry->bytes, entry->size);
		p += sizeof(length) + entry->size;
	}
	storage_save(domain->path, file, size);
	free(file);
}

static Domain* open_domain(const char* name)
{
	for (Domain* domain = domains; domain; domain = domain->next)
		if (!strcmp(domain->name, name))
			return domain;
	Domain* domain = calloc(1, sizeof(Domain));
	strcpy(domain->name, name);
	domain->path = storage_path(name, "keys");
	domain->next = domains;
	domains = domain;
	load_domain(domain);
	return domain;
}

static Format to_format(xsMachine* the, const char* name)
{
	for (int format = 0; format < FORMATS; format++)
		if (!strcmp(formatNames[format], name))
			return format;
	xsRangeError("format must be buffer, string, uint8, int8, uint16, int16, uint32, int32 or float64");
	return FORMATS;
}

void xs_key_value_destructor(void* data)
{
	(void)data;
}

void xs_key_value_open(xsMachine* the)
{
	char name[NAME_SIZE];
	option_require(the, "open");
	option_string(the, ID(path), "path", name, sizeof(name));
	if (!*name || strchr(name, '/'))
		xsRangeError("path must be a name without '/'");
	Format format = option_has(the, ID(format)) ? to_format(the, xsmcToString(xsVar(0))) : BUFFER;
	xsResult = xsNewHostInstance(xsArg(1));
	View* view = calloc(1, sizeof(View));
	view->domain = open_domain(name);
	view->format = format;
	xsmcSetHostData(xsResult, view);
	xsSetHostHooks(xsResult, &hooks);
}

void xs_key_value_close(xsMachine* the)
{
	View* view = native_this_if_open(the, &hooks);
	if (!view)
		return;
	xsmcSetHostData(xsThis, NULL);
	free(view);
}

static void argument_key(xsMachine* the, char* key)
{
	const char* string = xsmcToString(xsArg(0));
	if (!*string || strlen(string) >= KEY_SIZE)
		xsRangeError("key must have 1 to %d bytes", KEY_SIZE - 1);
	strcpy(key, string);
}

void xs_key_value_delete(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	char key[KEY_SIZE];
	argument_key(the, key);
	Entry** address = find_entry(view->domain, key);
	Entry* entry = *address;
	if (!entry)
		return;
	*address = entry->next;
	free(entry->bytes);
	free(entry);
	save_domain(view->domain);
}

void xs_key_value_read(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	char key[KEY_SIZE];
	argument_key(the, key);
	Entry* entry = *find_entry(view->domain, key);
	if (!entry)
		return;
	if (entry->format != view->format)
		xsTypeError("%s was written as %s", key, formatNames[entry->format]);
	double number;
	switch (entry->format) {
	case BUFFER:
		xsmcSetArrayBuffer(xsResult, entry->bytes, (xsIntegerValue)entry->size);
		break;
	case STRING:
		xsmcSetStringBuffer(xsResult, (char*)entry->bytes, (xsIntegerValue)entry->size);
		break;
	default:
		memcpy(&number, entry->bytes, sizeof(number));
		xsmcSetNumber(xsResult, number);
		break;
	}
}

/* The number as its format keeps it. */
static double to_number(xsMachine* the, Format format)
{
	static const double minimum[FORMATS] = { [INT8] = -128, [INT16] = -32768, [INT32] = -2147483648.0 };
	static const double maximum[FORMATS] = {
		[UINT8] = 255, [INT8] = 127, [UINT16] = 65535, [INT16] = 32767, [UINT32] = 4294967295.0, [INT32] = 2147483647.0,
	};
	double number = xsmcToNumber(xsArg(1));
	if (format == FLOAT64)
		return number;
	if (!(number >= minimum[format] && number <= maximum[format]) || number != floor(number))
		xsTypeError("value must be a whole number of %.0f to %.0f", minimum[format], maximum[format]);
	return number;
}

void xs_key_value_write(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	char key[KEY_SIZE];
	void* bytes;
	xsUnsignedValue size;
	argument_key(the, key);
	if (xsmcArgc < 2)
		xsTypeError("value is required");
	if (view->format == BUFFER) {
		xsmcGetBufferReadable(xsArg(1), &bytes, &size);
		put_entry(view->domain, key, BUFFER, bytes, size);
	}
	else if (view->format == STRING) {
		const char* string = xsmcToString(xsArg(1));
		put_entry(view->domain, key, STRING, string, strlen(string));
	}
	else {
		double number = to_number(the, view->format);
		put_entry(view->domain, key, view->format, &number, sizeof(number));
	}
	save_domain(view->domain);
}

void xs_key_value_keys(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	xsIndex index = 0;
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (Entry* entry = view->domain->entries; entry; entry = entry->next) {
		xsmcSetString(xsVar(0), entry->key);
		xsmcSetIndex(xsResult, index++, xsVar(0));
	}
}

void xs_key_value_get_format(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	xsmcSetString(xsResult, (char*)formatNames[view->format]);
}

void xs_key_value_set_format(xsMachine* the)
{
	View* view = native_this(the, &hooks);
	view->format = to_format(the, xsmcToString(xsArg(0)));
}
